"""What leaves the house: addresses, mathematics, sanitizer, policy, redirects and the folder that replaces site/.

Pages and notebooks come from strangers and share one origin with the site. Two layers stand here, each meant
to be enough alone: `sanitizer` refuses what is not on the allow-lists of `allow.yml`, `policy` tells the
browser which scripts are ours. `seal` applies both to a built folder. Nothing here imports MkDocs.
"""
