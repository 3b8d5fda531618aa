#!/usr/bin/env python3
"""Usage: pack.py FOLDER ZIG

Packs FOLDER/ARCH/stepconf-wrapper into the zip files of a layer and of a bootstrap, and stepconf-configurator into that of a bootstrap. Equal programs give equal bytes: names, rights and times are fixed.
"""

import pathlib
import sys
import zipfile

NOTICES = "stepconf-NOTICES.txt"
# Of each zip file: its name, the program in it, and what that is called there.
PACKAGES = [
    ("stepconf-wrapper-layer", "stepconf-wrapper", "stepconf-wrapper"),
    ("stepconf-wrapper-bootstrap", "stepconf-wrapper", "bootstrap"),
    ("stepconf-configurator", "stepconf-configurator", "bootstrap"),
]
DEBIAN_LICENSES = ["libboost1.74-dev", "libfmt-dev", "nlohmann-json3-dev"]


def notices(folder, zig):
    """The licences of what is linked into the program."""
    library = zig.parent / "lib"
    texts = {
        "StepConf": pathlib.Path("LICENSE"),
        "mbedTLS": folder / "mbedtls" / "LICENSE",
        "libc++": library / "libcxx" / "LICENSE.TXT",
        "musl": library / "libc" / "musl" / "COPYRIGHT",
    }
    for package in DEBIAN_LICENSES:
        texts[package] = pathlib.Path("/usr/share/doc") / package / "copyright"
    return "\n\n".join(f"== {name}\n\n{path.read_text()}" for name, path in texts.items() if path.exists())


def write(path, members):
    """Writes a zip of (name, bytes, rights)."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content, rights in members:
            entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            entry.external_attr = (0o100000 | rights) << 16
            entry.create_system = 3  # Unix, whose rights these are
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)


def main(folder, zig):
    text = notices(folder, zig).encode()
    for arch in ["x86_64", "arm64"]:
        for name, program, member in PACKAGES:
            content = (folder / arch / program).read_bytes()
            path = folder / f"{name}-{arch}.zip"
            write(path, [(member, content, 0o755), (NOTICES, text, 0o644)])
            print(f"{path.relative_to(pathlib.Path.cwd())}: {path.stat().st_size / 1e6:.2f} MB, {member} {len(content) / 1e6:.2f} MB")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
