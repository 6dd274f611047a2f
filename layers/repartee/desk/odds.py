"""How improbable a number of people is, by how many there were before."""

from math import exp, lgamma, log, log1p

_PRIOR = 0.5
_NEGLIGIBLE = 1e-9


def usual(before: float, exposure: float) -> float:
    """How many people a past with `before` of them lets expect, where now is `exposure` as long."""
    return (before + _PRIOR) * exposure


def surprise(people: float, before: float, exposure: float) -> float:
    """-log10 of the chance of `people` or more: 6 is one in a million. 0 up to the usual number.

    Poisson with a Gamma(1/2) prior on its rate (Jeffreys), which makes the prediction a negative
    binomial with shape `before + 1/2` and odds `exposure`: a short past is itself a doubt. People
    may be parts of one, as weights are.
    """
    if people <= usual(before, exposure) or exposure <= 0:
        return 0.0
    shape = before + _PRIOR
    first = (
        lgamma(shape + people)
        - lgamma(shape)
        - lgamma(people + 1)
        + people * (log(exposure) - log1p(exposure))
        - shape * log1p(exposure)
    )
    # The chance of so many, times 1 + what each one more is to the one before it: that falls from
    # below 1 on, since we are past the mean.
    term = series = 1.0
    more = people
    share = exposure / (1 + exposure)
    while term > _NEGLIGIBLE * series:
        term *= share * (shape + more) / (more + 1)
        series += term
        more += 1
    return max(0.0, -(first + log(series)) / log(10))


def chance(decades: float) -> float:
    """The chance that a surprise stands for."""
    return exp(-decades * log(10))
