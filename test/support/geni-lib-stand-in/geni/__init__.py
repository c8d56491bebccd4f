"""A stand-in for the part of geni-lib that profiles/cloudlab/profile.py uses. It records a request, and makes no RSpec."""
