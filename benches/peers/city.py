"""What careshed wrote of a city (nodes.csv, edges.csv, sources.csv, city.csv), for the scripts that search it."""

import os

import numpy


def read(folder):
    table = lambda name: numpy.loadtxt(os.path.join(folder, name), delimiter=",", skiprows=1, ndmin=2)
    return table("nodes.csv"), table("edges.csv").astype(numpy.int64), table("sources.csv").astype(numpy.int64).ravel()


def comparable(nodes, pairs):
    """Leaves out nodes where another street passes without a junction: a place there does not say which street is meant."""
    return {(s, n): mm for (s, n), mm in pairs.items() if nodes[s, 2] and nodes[n, 2]}


def answers(folder):
    rows = numpy.loadtxt(os.path.join(folder, "city.csv"), delimiter=",", skiprows=1, dtype=numpy.int64)
    return {(int(s), int(n)): int(mm) for s, n, mm in rows}
