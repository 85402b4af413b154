import fire

# <task>


class Main:
    """Do what is asked."""

    def __init__(self, depth=3):
        self.depth = depth

    def fit(self, rate, *names, seed=None):
        """Fit."""
        return [self.depth, rate, names, seed]

    async def wait(self):
        return "waited"


fire.Fire(Main)
