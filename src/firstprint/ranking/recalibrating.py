"""A straight line over log odds: how stated probabilities are bent to what people really accepted."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

MIN_DECISIONS = 30
"""Fewer say nothing: with 30 the standard error of an acceptance rate is still 9 points."""

_PULL_SLOPE = 4.0
_PULL_SHIFT = 0.5
"""Inverse variances of a normal prior about slope 1 and shift 0: ±0.5 and ±1.4 in log odds, as the suites differ."""
_STEPS = 50
_LEAST_SLOPE = 0.1


def bent(log_odds: Sequence[float], accepted: Sequence[bool]) -> tuple[float, float]:
    """Slope and shift of ``σ(slope · log odds + shift)`` at the maximum of the posterior, by Newton's method.

    Args:
        log_odds: as stated, shape (n,).
        accepted: whether a person took the candidate, shape (n,).
    """
    x = np.clip(np.asarray(log_odds, dtype=np.float64), -10.0, 10.0)
    y = np.asarray(accepted, dtype=np.float64)
    at = np.array([1.0, 0.0])
    pull, centre = np.array([_PULL_SLOPE, _PULL_SHIFT]), np.array([1.0, 0.0])
    design = np.stack([x, np.ones_like(x)], axis=1)
    for _ in range(_STEPS):
        p = 1.0 / (1.0 + np.exp(-np.clip(design @ at, -30.0, 30.0)))
        slope = design.T @ (p - y) + pull * (at - centre)
        curve = (design * (p * (1 - p))[:, None]).T @ design + np.diag(pull)
        step = np.linalg.solve(curve, slope)
        at = at - step
        if float(np.abs(step).max()) < 1e-9:
            break
    return max(float(at[0]), _LEAST_SLOPE), float(at[1])
