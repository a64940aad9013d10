"""Correlations between questions that not everybody was asked, for one sample or for many resamples at once. Pure.

Customers answer about the touchpoints they met: what is missing is missing by design, not 0, and few answered
everything. So each correlation is Pearson's over those who answered both questions (means and variances of the same
people, survey weights counting). Correlations from different people need not fit together; where the matrix is not
positive definite all of them are shrunken by the same factor until it is (Higham, Strabic and Sego 2016, SIAM Review
58(2)). With complete answers nothing is ever shrunken and the correlations are the plain ones.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
WEIGHT, TOTAL, SQUARE, PRODUCT = range(4)
SMALLEST_EIGENVALUE = 0.01
"""Of a matrix that was mended. At 0 some combination of questions would explain another to the last digit."""
NO_VARIANCE = 1e-12  # of the mean square of standardised answers; less is rounding


def standardised(values: Floats, weights: Floats) -> Floats:
    """Each column (NaN where not asked) with mean 0 and variance 1; a column that does not vary becomes 0. It changes
    no correlation and keeps the sums of `moments` free of cancellation."""
    known = ~np.isnan(values)
    counted = weights[:, None] * known
    total = np.maximum(counted.sum(axis=0), np.finfo(float).tiny)
    centred = values - (counted * np.where(known, values, 0)).sum(axis=0) / total
    deviation = np.sqrt((counted * np.where(known, centred, 0) ** 2).sum(axis=0) / total)
    varies = deviation > 1e-9 * np.maximum(np.nanmax(np.abs(values), axis=0, initial=0), 1)
    return np.where(varies, centred / np.where(varies, deviation, 1), np.where(known, 0.0, np.nan))


def moments(values: Floats, weights: Floats) -> Floats:
    """From (..., respondents, questions) and (..., respondents) to (..., 4, questions, questions), all over those who
    answered both: their weight, the row question's total, its squares, the products. Moments of parts add up."""
    known = ~np.isnan(values)
    asked = known.astype(float)
    answers = np.where(known, values, 0.0)
    weighted = np.swapaxes(weights[..., None] * answers, -1, -2)
    squares = np.swapaxes(weights[..., None] * answers**2, -1, -2)
    counted = np.swapaxes(weights[..., None] * asked, -1, -2)
    return np.stack([counted @ asked, weighted @ asked, squares @ asked, weighted @ answers], axis=-3)


def correlations(sums: Floats) -> Floats:
    """(..., questions, questions) from `moments`: -1 to 1, 1 on the diagonal. 0 for two questions nobody answered both
    of, or when one of them does not vary: then nothing is known to go together."""
    weight = np.maximum(sums[..., WEIGHT, :, :], np.finfo(float).tiny)
    mean = sums[..., TOTAL, :, :] / weight
    square = sums[..., SQUARE, :, :] / weight
    variance = square - mean**2
    variance = np.where(variance > NO_VARIANCE * np.maximum(square, 1e-3), variance, 0.0)
    both = np.sqrt(variance * np.swapaxes(variance, -1, -2))
    covariance = sums[..., PRODUCT, :, :] / weight - mean * np.swapaxes(mean, -1, -2)
    found = np.clip(np.where(both > 0, covariance / np.where(both > 0, both, 1), 0.0), -1, 1)
    return _with_ones(found)


def mended(found: Floats) -> tuple[Floats, Floats]:
    """Positive definite correlations, and by how much all were shrunken, 0 (not at all) to 1.

    From (1 - a) R + a I with the smallest a that lifts the smallest eigenvalue to 0.01, for each matrix by itself.
    """
    smallest = np.linalg.eigvalsh(found)[..., 0]
    shrunken = np.where(
        smallest < SMALLEST_EIGENVALUE, (SMALLEST_EIGENVALUE - smallest) / np.maximum(1 - smallest, 0.5), 0.0
    )
    return _with_ones((1 - shrunken)[..., None, None] * found), shrunken


def answered_both(values: Floats) -> NDArray[np.int64]:
    """How many respondents answered both of two questions; on the diagonal, each question."""
    known = (~np.isnan(values)).astype(float)  # whole numbers in floats: those are multiplied fast
    both: NDArray[np.int64] = (known.T @ known).astype(np.int64)
    return both


def effective_answers(values: Floats, weights: Floats) -> Floats:
    """Kish, for each question: how many equally weighted answers carry as much as those given."""
    counted = weights[:, None] * ~np.isnan(values)
    squares = (counted**2).sum(axis=0)
    return np.where(squares > 0, counted.sum(axis=0) ** 2 / np.where(squares > 0, squares, 1), 0.0)


def _with_ones(matrix: Floats) -> Floats:
    size = range(matrix.shape[-1])
    matrix[..., size, size] = 1.0
    return matrix
