"""Fitted models on disk: arrays, manifest, snapshots, versions."""
