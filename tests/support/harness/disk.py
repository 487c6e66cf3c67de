"""Who can write a node's disk and has no key: its database as octets, changed behind its back. The node must not run."""
from contextlib import contextmanager

import lmdb

TABLES = 100


@contextmanager
def database(data):
    """The tables of a data directory: `with database(node.data) as disk: disk.put("peers", key, value)`; committed at the end."""
    env = lmdb.open(str(data / "store"), max_dbs=TABLES, map_size=1 << 30)
    try:
        with env.begin(write=True) as txn:
            yield Disk(env, txn)
    finally:
        env.close()


class Disk:
    def __init__(self, env, txn):
        self._env, self._txn, self._tables = env, txn, {}

    def _table(self, name):
        if name not in self._tables:
            self._tables[name] = self._env.open_db(name.encode(), txn=self._txn)
        return self._tables[name]

    def records(self, table):
        """{key: value}, as they are on disk."""
        return {bytes(k): bytes(v) for k, v in self._txn.cursor(self._table(table))}

    def put(self, table, key, value):
        assert self._txn.put(key, value, db=self._table(table))

    def remove(self, table, key):
        assert self._txn.delete(key, db=self._table(table)), f"{table} has no such key"

    def replace(self, table, records):
        self._txn.drop(self._table(table), delete=False)
        for key, value in records.items():
            self.put(table, key, value)


def flipped(octets, place=40):
    """The same with one bit changed."""
    place %= len(octets)
    return octets[:place] + bytes([octets[place] ^ 1]) + octets[place + 1:]
