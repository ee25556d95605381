"""The chapters of `plan_next_quarter.py`, one small file each. All reading and printing of the project lives here."""
