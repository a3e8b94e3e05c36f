"""The science: matrices, indexes, algorithms, ranking. Knows no Flask, no SQL, no environment, no clock."""
