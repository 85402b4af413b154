import sys
import time

# <task>
try:
    from rich.console import Console
    from rich.table import Table
except ImportError:
    print("no rich")
else:
    table = Table("a", "b")
    table.add_row("1", "[red]2[/red]")
    Console().print(table)
    Console(stderr=True, force_terminal=True).print("[bold]loud[/bold]")
from tqdm import tqdm

for _ in tqdm(range(5), bar_format="{n}/{total}", mininterval=0, file=sys.stderr):
    time.sleep(0.001)
tqdm.write("written beside")
