"""Cuts the small pictures of ../pictures from scikit-image 0.25.2 (skimage/data). Run once: python3 pictures.py (Pillow 13.0.0)."""
import os

import skimage
from PIL import Image

source = os.path.join(os.path.dirname(skimage.__file__), "data")
here = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "pictures")
windows = {
    "astronaut.png": (190, 90), "brick.png": (100, 120), "camera.png": (220, 90), "cell.png": (250, 330), "chelsea.png": (150, 100),
    "coffee.png": (260, 180), "grass.png": (30, 60), "gravel.png": (200, 10), "horse.png": (90, 60), "hubble_deep_field.jpg": (440, 300),
}
for name, (x, y) in windows.items():
    picture = Image.open(os.path.join(source, name))
    picture.load()
    picture = picture.convert("L" if picture.mode in ("1", "L") else "RGB").crop((x, y, x + 48, y + 36))
    picture.save(os.path.join(here, os.path.splitext(name)[0] + ".png"), optimize=True)

# Alpha that falls from left to right and is gone in a corner, over colours and over grey.
for name, mode in (("astronaut", "RGBA"), ("camera", "LA")):
    picture = Image.open(os.path.join(here, name + ".png"))
    alpha = Image.new("L", picture.size)
    alpha.putdata([0 if x + y < 20 else 255 - 5 * x for y in range(picture.size[1]) for x in range(picture.size[0])])
    picture.putalpha(alpha)
    assert picture.mode == mode
    picture.save(os.path.join(here, name + "-alpha.png"), optimize=True)

upright = Image.open(os.path.join(here, "coffee.png"))
exif = Image.Exif()
exif[0x0112] = 6
upright.save(os.path.join(here, "coffee-turned.jpg"), quality=90, exif=exif)
upright.quantize(16).save(os.path.join(here, "coffee-palette.png"), optimize=True)
