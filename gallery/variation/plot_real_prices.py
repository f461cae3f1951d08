"""Four years of a real share: its volatility through time, and the days on which it jumped.

The daily prices of Google, 19 August 2004 to 14 October 2008, come with Matplotlib. Realized
variance counts jumps, bipower variation does not; returns far beyond the volatility before them
fall on days of news, most of them quarterly results."""

import sys
import tempfile
from pathlib import Path

from matplotlib.cbook import get_sample_data

import stochcalc as sc
from stochcalc.plot import save

prices = get_sample_data("goog.npz")["price_data"]
with tempfile.TemporaryDirectory() as folder:
    file = Path(folder, "goog.csv")  # as a user would have it: a CSV file
    file.write_text(
        "Date,Close\n" + "\n".join(f"{row['date']},{row['adj_close']}" for row in prices)
    )
    found = sc.volatility(sc.read_csv(file, "Close", time="Date", positive=True))
print(found)

results = {
    "2005-10-21",
    "2006-10-20",
    "2007-07-20",
    "2008-04-18",
    "2008-07-18",
}  # the day after a quarter's results
news = {"2006-01-20"}  # a subpoena becomes public
crash = {"2008-09-29", "2008-10-13"}  # the market's, down and up
assert {day for day, _, _ in found.jump_table} == results | news | crash
assert found.test.pvalue < 1e-4 and 0.13 < found.test.share < 0.14
assert (
    abs(found.annual["realized"].value - 0.3751) < 5e-5
    and abs(found.annual["medrv"].value - 0.3293) < 5e-5
)

save(found.plot, sys.argv[1] if len(sys.argv) > 1 else "real_prices.png")
