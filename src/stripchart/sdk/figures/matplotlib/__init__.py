"""Interactive figures of what Matplotlib draws, where that is faithful; ``picture`` makes the image where it is not.

``conversion.convert`` is the way in. What an artist becomes is in the module of its kind; whatever has no module raises
``NotFaithful`` with the reason. Nothing of the script's figure is set: it is read through its getters.
"""
