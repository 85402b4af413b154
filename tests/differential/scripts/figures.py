import inspect

import matplotlib

matplotlib.use("Agg")
matplotlib.rcParams["svg.hashsalt"] = "the same"
# <task>
import matplotlib.pyplot as plt

figure, axes = plt.subplots(2)
axes[0].plot([1, 3, 2], label="line")
axes[1].imshow([[0, 1], [1, 0]])
axes[0].legend()
plt.savefig("figure.png", metadata={"Software": None})
figure.savefig("figure.svg", metadata={"Date": None, "Creator": None})
plt.show()
print(plt.get_fignums(), figure.get_size_inches(), [len(a.lines) for a in axes])
print(inspect.signature(plt.savefig), inspect.signature(figure.savefig), figure.dpi)
plt.close("all")
