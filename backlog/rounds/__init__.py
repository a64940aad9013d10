"""Rating rounds: several rate the same initiatives, blind until all have, or it is closed."""
