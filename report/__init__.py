"""What a report is: values, counting, windows, tables, charts, rendering."""
