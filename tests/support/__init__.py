"""What tests share: a copy of the checkout to break, the site built once, a server, a browser that listens."""
