#!/usr/bin/env python3
"""Prints what two runs of the same workflow chose, side by side. Usage: compare.py TIGHT.json LOOSE.json"""
import json
import sys


def choice(step):
    return f"{step['memory_mb']} MB x {len(step['detail'])} x {step['processes']}"


runs = [json.load(open(path)) for path in sys.argv[1:3]]
rows = [["step", *(f"SLO {run['slo_s']:.1f} s" for run in runs)]]
for step in runs[0]["steps"]:
    name = step["step"]
    rows.append([name, *(choice(next(s for s in run["steps"] if s["step"] == name)) for run in runs)])
rows.append(["took", *(f"{run['duration_s']:.1f} s" for run in runs)])
rows.append(["cost", *(f"${run['cost_usd']:.6f}" for run in runs)])
rows.append(["the SLO was", *("met" if run["met"] else "missed" for run in runs)])
widths = [max(len(row[column]) for row in rows) for column in range(3)]
for row in rows:
    print("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())
print("(memory x instances x processes)")
