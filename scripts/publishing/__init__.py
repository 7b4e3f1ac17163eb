"""What leaves the house: addresses, mathematics, sanitizer, policy, redirects and the folder that replaces site/."""
