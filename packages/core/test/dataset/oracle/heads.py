"""Beginnings of files as Python's own writers make them, in hex. Prints heads.json."""
import bz2
import gzip
import io
import json
import lzma
import os
import sqlite3
import tarfile
import tempfile
import wave
import zipfile

TEXT = b"sepal_length,species\n5.1,setosa\n" * 40


def wav() -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(64))
    return out.getvalue()


def archive(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name in names:
            file.writestr(zipfile.ZipInfo(name), TEXT)
    return out.getvalue()


def tar(form: int) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form) as file:
        info = tarfile.TarInfo("iris.csv")
        info.size = len(TEXT)
        file.addfile(info, io.BytesIO(TEXT))
    return out.getvalue()


def sqlite() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "a.db")
        connection = sqlite3.connect(path)
        connection.execute("create table t (a)")
        connection.commit()
        connection.close()
        with open(path, "rb") as file:
            return file.read()


files = {
    "audio/wav": wav(),
    "application/gzip": gzip.compress(TEXT, mtime=0),
    "application/x-xz": lzma.compress(TEXT),
    "application/x-bzip2": bz2.compress(TEXT),
    "application/zip": archive("iris.csv"),
    "application/x-npz": archive("x.npy", "y.npy"),
    "application/vnd.openxmlformats-officedocument": archive("[Content_Types].xml", "word/document.xml"),
    "application/vnd.oasis.opendocument": archive("mimetype", "content.xml"),
    "application/x-tar": tar(tarfile.USTAR_FORMAT),
    "application/x-tar; gnu": tar(tarfile.GNU_FORMAT),
    "application/vnd.sqlite3": sqlite(),
}
print(json.dumps({name: data[:320].hex() for name, data in files.items()}, indent=1))
