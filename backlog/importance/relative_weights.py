"""How much of R^2 belongs to each of several predictors that go together. Pure.

Johnson's relative weights (2000, Multivariate Behavioral Research 35(1)): 0 or more, adding up to R^2. The other answer
to this question is LMG (Lindeman, Merenda and Gold 1980), the Shapley value of R^2 over all subsets. Where all
predictors go the same way, as answers of one survey do, the two differ by less than 0.02 (the tests hold that). Relative
weights serve for few predictors as for many: one eigendecomposition for each resample, where eight predictors have 256
subsets, and no other method, with other numbers, as soon as one more touchpoint has enough answers.
"""

import numpy as np

from backlog.importance.correlations import Floats

COLLINEAR = 1e-10  # an eigenvalue below it is rounding: the direction carries nothing


def relative_weights(among: Floats, with_outcome: Floats) -> Floats:
    """From correlations among the predictors (..., k, k), positive semidefinite, and with the outcome (..., k).

    With R = P D P' the orthogonal variables Z closest to the predictors correlate with these by L = P D^(1/2) P' and
    explain the outcome by b = L^-1 r; weight j is sum_k L_jk^2 b_k^2. Predictors that are the same share evenly.
    """
    eigenvalues, vectors = np.linalg.eigh(among)
    roots = np.sqrt(np.clip(eigenvalues, 0, None))
    inverse = np.where(eigenvalues > COLLINEAR, 1 / np.where(eigenvalues > COLLINEAR, roots, 1), 0.0)
    transposed = np.swapaxes(vectors, -1, -2)
    closeness = (vectors * roots[..., None, :]) @ transposed
    explains = (vectors * inverse[..., None, :]) @ (transposed @ with_outcome[..., None])
    weights: Floats = ((closeness**2) @ (explains**2))[..., 0]
    return weights
