"""What was measured, and what it is held to."""

import math
import statistics


class Failed(Exception):
    """Something that should have run did not. The text says what and why."""


class Figures(dict):
    """Figures by name. A case of a program is called NAME, or NAME@ARGUMENT."""

    def only(self, argument):
        """The figures called NAME@argument, by NAME."""
        return Figures({name.partition("@")[0]: f for name, f in self.items() if name.partition("@")[2] == argument})

    def plain(self):
        """The figures without an argument."""
        return Figures({name: figure for name, figure in self.items() if "@" not in name})

    def pick(self, **names):
        """The figures called by the values, under the names of the keys. A figure that is missing is left out."""
        return Figures({new: self[old] for new, old in names.items() if old in self})


def medians(rounds):
    """The median of each figure over several `Figures`, of those that have it."""
    names = dict.fromkeys(name for figures in rounds for name in figures)
    return Figures({name: statistics.median(f[name] for f in rounds if name in f) for name in names})


class Demand:
    """`figure` is at most `factor` times `limit`, which is a number or the name of another figure."""

    def __init__(self, figure, factor, limit):
        self.figure, self.factor, self.limit = figure, factor, limit

    def names(self):
        return [name for name in (self.figure, self.limit) if isinstance(name, str)]

    def met(self, figures):
        """True or False; None when a figure is missing."""
        if any(name not in figures for name in self.names()):
            return None
        figure, limit = (figures[x] if isinstance(x, str) else x for x in (self.figure, self.limit))
        return figure <= self.factor * limit


def at_most(limit, figure="weir"):
    return Demand(figure, 1, limit)


def at_least(limit, figure="weir"):
    return Demand(limit, 1, figure)


def within(factor, peer, figure="weir"):
    """At most `factor` times what the peer takes."""
    return Demand(figure, factor, peer)


def ahead(factor, peer, figure="weir"):
    """At least `factor` times the speed of the peer."""
    return Demand(peer, 1 / factor, figure)


def rounded(figure):
    return float(f"{figure:.4g}") if figure is not None and math.isfinite(figure) else None


def row(name, unit, figures, bar, *demands):
    """One line of the result: what was measured, and whether the bar was met.

    `met` is None when there is nothing to meet, or when a figure is missing that decides. `missing` names the figures
    that were needed and not measured.
    """
    needed = ["weir", *(name for demand in demands for name in demand.names())]
    verdicts = [demand.met(figures) for demand in demands]
    decided = False if False in verdicts else True if verdicts and None not in verdicts else None
    return {
        "name": name,
        "unit": unit,
        "weir": rounded(figures.get("weir")),
        "peers": {peer: rounded(figure) for peer, figure in figures.items() if peer != "weir"},
        "bar": bar,
        "met": decided,
        "missing": list(dict.fromkeys(name for name in needed if name not in figures)),
    }


def unmeasured(name, why):
    """The row of a bench that has no figure."""
    return row(name, "", {}, f"not measured: {why}")
