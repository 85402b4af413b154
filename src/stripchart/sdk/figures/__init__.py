"""Plotly figures as plain data, built without plotly: one module a kind of report.

A builder takes what the script gave and returns a ``Figure``; ``encoding`` makes strict JSON of it. Nothing here knows
of tasks or journals, and nothing the script gave is changed. Figures choose no colours for text, paper or grid: those
are the page's, so that a figure reads well in its light and its dark theme.
"""
