"""Settings of the whole product, read once from `CUSTOMS_*` variables."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from pathlib import Path

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from lakehouse.errors import EnvironmentFault

PROJECT_ROOT = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """What an operator may set; every field is documented in `docs/settings.md`."""

    model_config = SettingsConfigDict(env_prefix="CUSTOMS_", extra="ignore")

    lake: Path = Field(default=Path("lake"), description="Folder of the lake.")
    now: datetime | None = Field(
        default=None, description="Freezes the clock of a run; must carry its zone."
    )
    shared: Path = Field(
        default=Path("../shared"), description="Folder of public test data; tests only."
    )
    memory_bytes: int = Field(
        default=4 * 1024**3, description="Pool of the embedded engine before it spills."
    )
    parallel_batch_bytes: int = Field(
        default=64 * 1024**2,
        description="Batches of this size and more are read by several processes.",
    )
    decide_token_file: Path | None = Field(
        default=None, description="File with the bearer token of the decision service."
    )
    draw_secret_file: Path | None = Field(
        default=None, description="File with the master secret of the random draw."
    )
    cache: Path = Field(
        default=Path("~/.cache/customs-lakehouse"),
        description="Folder of downloaded servers, shared by all lakes.",
    )
    trino_port: int = Field(default=0, description="Port of Trino; 0 is a free one.")
    trino_memory_bytes: int = Field(default=2 * 1024**3, description="Heap of Trino.")
    spark_port: int = Field(
        default=0, description="Port of Spark Connect; 0 is a free one."
    )
    airflow_port: int = Field(
        default=0, description="Port of Airflow; 0 is a free one."
    )
    dashboard_token_file: Path | None = Field(
        default=None, description="File with the token of the dashboard."
    )
    max_body_bytes: int = Field(
        default=1_000_000, description="Largest request body of the decision service."
    )


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process.

    Raises:
        EnvironmentFault: a variable has a value that its field does not take.
    """
    try:
        found = Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = "CUSTOMS_" + "_".join(str(part) for part in first["loc"]).upper()
        raise EnvironmentFault(
            "bad_setting",
            f"{name} is not usable: {first['msg']}",
            f"Correct or unset {name}; docs/settings.md lists all settings",
        ) from None
    if found.now is not None and found.now.tzinfo is None:
        raise EnvironmentFault(
            "bad_setting",
            f"CUSTOMS_NOW={found.now.isoformat()} has no time zone",
            "Write it with its zone, such as 2026-11-03T00:30:00+07:00",
        )
    return found
