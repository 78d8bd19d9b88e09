import subprocess
import sys

SCRIPT = """
import importlib, pkgutil, sys
import realtime_core
for module in pkgutil.iter_modules(realtime_core.__path__):
    importlib.import_module(f"realtime_core.{module.name}")
heavy = {"pyspark", "pysail", "dbt", "airflow", "pandas", "deltalake", "pyarrow"}
print(sorted(heavy & set(sys.modules)))
"""


def test_no_module_of_the_decision_path_loads_a_batch_tool():
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
