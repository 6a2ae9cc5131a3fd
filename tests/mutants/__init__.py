"""Mutation testing of the files whose mistakes nobody would see: does a test fail when one of their lines is wrong?

python -m tests.mutants [NAME…] [--sample N] [--seed N]
"""
