"""What Python makes of numbers and times: float(), Decimal and datetime. Writes cells.json beside itself; run with Python 3.11 or later."""
import json
import pathlib
import random
from datetime import datetime, timezone
from decimal import ROUND_HALF_UP, Decimal

random.seed(20260131)


def number(text):
    value = float(text)
    thousandths = int((Decimal(value) * 1000).quantize(Decimal(1), rounding=ROUND_HALF_UP))
    return {"text": text, "hex": value.hex(), "thousandths": thousandths}


numbers = [number(text) for text in ["0", "1.5", "-0.0005", "1.0005", "0.0625", "-0.0625", "2.3455", "8.0015", "123456789012345", "0.1", "1e-7", "5e-324"]]
for _ in range(400):
    whole, decimals = random.choice([1, 3, 6, 9]), random.choice([0, 1, 3, 4, 4, 6, 12, 17])
    digits = str(random.randrange(10**whole))
    tail = "".join(random.choice("0123456789") for _ in range(decimals)) + random.choice(["", "", "5"])
    text = random.choice(["", "-"]) + digits + ("." + tail if tail else "")
    if text != "-0" and float(text) != 0:
        numbers.append(number(text))


def time(text):
    parsed = datetime.fromisoformat(text)
    moment = parsed if parsed.tzinfo else parsed.replace(tzinfo=timezone.utc)
    delta = moment - datetime(1970, 1, 1, tzinfo=timezone.utc)
    return {"text": text, "ms": (delta.days * 86400 + delta.seconds) * 1000 + delta.microseconds // 1000}


times = [time(text) for text in ["1970-01-01", "0001-01-01", "2000-02-29", "9999-12-31T23:59:59.999Z", "2026-01-31T23:59+05:45"]]
for _ in range(60):
    date = f"{random.randrange(1, 9999):04d}-{random.randrange(1, 13):02d}-{random.randrange(1, 29):02d}"
    clock = f"{random.randrange(24):02d}:{random.randrange(60):02d}:{random.randrange(60):02d}.{random.randrange(1000):03d}"
    zone = random.choice(["Z", f"{random.choice('+-')}{random.randrange(14):02d}:{random.choice(['00', '30', '45'])}"])
    times.append(time(f"{date}T{clock}{zone}"))

answers = {"numbers": numbers, "times": times}
pathlib.Path(__file__).with_name("cells.json").write_text(json.dumps(answers, indent=0) + "\n")
