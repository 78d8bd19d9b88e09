"""Reference lists: published files and the lists shipped as YAML."""
