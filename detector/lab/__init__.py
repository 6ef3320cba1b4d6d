"""Everything that learns or measures: data, spinners, training, evaluation, benchmarks. Nothing that judges imports it."""
