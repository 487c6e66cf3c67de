"""What the end-to-end scenarios are made of: real nodes, sinks, recording proxies, Postfix, mails and the ledger.

Only the standard library of Python 3.11 and Debian packages; everything listens on loopback, on ports that the system chooses.
"""
