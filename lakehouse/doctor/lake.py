"""The lake: whether it can be written, by whom it is, and which lists it knows."""

from __future__ import annotations

from lakehouse.doctor.health import Health
from lakehouse.errors import EnvironmentFault
from lakehouse.lease import hold_lease
from lakehouse.migrations import check_lake_version
from lakehouse.tables import Lake


def check_lake(lake: Lake) -> list[Health]:
    """Look at the lake; one that is not there yet is no fault."""
    if not (lake.root / "ops").is_dir():
        remedy = "Mô phỏng: `customs demo`; thật: `customs ref load`, rồi `customs run`"
        found = f"{lake.root} chưa có"
        return [Health("lake", "Hồ dữ liệu", "wanted", found, remedy)]
    return [lease_health(lake), version_health(lake), *list_health(lake)]


def lease_health(lake: Lake) -> Health:
    """Whether the lake can be written now, and if not, who holds it."""
    title = "Quyền ghi hồ dữ liệu"
    try:
        with hold_lease(lake.root, "customs doctor"):
            return Health("lease", title, "well", f"{lake.root}, không ai đang ghi")
    except EnvironmentFault as fault:
        if fault.code == "lake_busy":
            remedy = "Chờ lượt chạy ấy xong; khóa mất theo tiến trình của nó"
            return Health("lease", title, "wanted", fault.message, remedy)
        remedy = "Cấp quyền ghi, hoặc đặt CUSTOMS_LAKE sang thư mục khác"
        return Health("lease", title, "broken", fault.message, remedy)


def version_health(lake: Lake) -> Health:
    """Whether this software is that of the lake."""
    title = "Phiên bản hồ dữ liệu"
    try:
        check_lake_version(lake)
    except EnvironmentFault as fault:
        return Health("lake_version", title, "broken", fault.message, fault.remedy)
    return Health("lake_version", title, "well", "đúng với phần mềm này")


def list_health(lake: Lake) -> list[Health]:
    """Which reference lists are loaded, and which of them are only samples."""
    names = [name for name in lake.contracts.tables if name.startswith("ref.")]
    known = "select max(case when is_sample then 1 else 0 end) as sample from t "
    held = {
        name: lake.read(name, f"{known} where known_until is null")["sample"][0].as_py()
        for name in names
        if lake.exists(name)
    }
    missing = sorted(name for name in names if held.get(name) is None)
    samples = sorted(name for name, sample in held.items() if sample)
    loaded = f"{len(names) - len(missing)} trên {len(names)} danh mục"
    found = [
        Health("lists", "Danh mục đã nạp", "well", loaded)
        if not missing
        else Health(
            "lists",
            "Danh mục đã nạp",
            "wanted",
            f"{loaded}; thiếu {_few(missing)}",
            "Đi kèm: `customs ref load`; từ tệp: `customs ref load LIST FILE`",
        )
    ]
    if samples:
        found.append(
            Health(
                "sample_lists",
                "Danh mục mẫu (SAMPLE)",
                "wanted",
                f"{len(samples)}: {_few(samples)}",
                "Thay bằng danh mục chính thức: `customs ref load LIST FILE`",
            )
        )
    return found


def _few(names: list[str]) -> str:
    shown = ", ".join(name.removeprefix("ref.") for name in names[:6])
    return f"{shown} và {len(names) - 6} danh mục nữa" if len(names) > 6 else shown
