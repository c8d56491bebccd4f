"""Stands in for geni.rspec."""
