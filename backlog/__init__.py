"""The domain of Waymark."""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy comes: its threads only fight the server's for cores
