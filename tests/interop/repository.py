"""A model repository as another program writes it: models/io/manifest.h."""

import hashlib
import json
import pathlib


def write_version(folder, files):
    """Writes `files`, bytes by name, and the MANIFEST that vouches for them."""
    folder.mkdir(parents=True)
    manifest = ""
    for name, contents in sorted(files.items()):
        (folder / name).write_bytes(contents)
        manifest += _line(name, contents)
    manifest += _line("MANIFEST", manifest.encode())
    (folder / "MANIFEST").write_text(manifest)


def write_mixtures(repository, zoo):
    """The zoo's `mixture-2d`, and `mixture-2d-vp`, the same components at times
    of the variance-preserving process."""
    source = pathlib.Path(zoo) / "mixture-2d" / "1"
    weights = (source / "model.safetensors").read_bytes()
    config = json.loads((source / "config.json").read_text())
    under_vp = {**config, "label": {"kind": "time", "min": 0.0, "max": 1.0},
                "process": "vp", "process_options": {}}
    for model, its_config in (("mixture-2d", config),
                              ("mixture-2d-vp", under_vp)):
        write_version(pathlib.Path(repository) / model / "1",
                      {"config.json": json.dumps(its_config).encode(),
                       "model.safetensors": weights})


def _line(name, contents):
    return f"{hashlib.sha256(contents).hexdigest()} {len(contents)} {name}\n"
