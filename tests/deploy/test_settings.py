"""Compose, Kubernetes and systemd: their settings are ours, and they agree with each other."""

from __future__ import annotations

import re
import secrets
import tomllib
from ipaddress import ip_network
from typing import Any

import pytest

from config import ROOT, Config, ConfigError
from tests.deploy.files import (
    DIGEST,
    UNIT_FILES,
    compose,
    image_settings,
    manifests,
    of_image,
    pods,
    unit_settings,
)

SETTINGS = {name.upper() for name in Config.model_fields}
REQUIRED = {
    "DATABASE_URL": "postgresql://anime:x@database/anime",
    "SECRET_KEY": secrets.token_hex(32),
}
OURS = ("server", "build", "refresh", "consumer")  # services that run our image


def settings_of(service: str) -> dict[str, str]:
    return {name: str(value) for name, value in compose()["services"][service]["environment"].items()}


@pytest.mark.parametrize("service", OURS)
def test_compose_sets_what_the_server_reads(service: str) -> None:
    settings = settings_of(service)
    assert set(settings) <= SETTINGS
    read = Config.from_env(settings | REQUIRED)
    assert (read.app_env, str(read.model_dir)) == ("production", image_settings()["MODEL_DIR"])


@pytest.mark.parametrize("place", ["image", "compose", "kubernetes", "systemd"])
def test_every_deployment_is_production_and_wants_keys(place: str) -> None:
    settings = {
        "image": image_settings(),
        "compose": settings_of("server") | REQUIRED,
        "kubernetes": manifests()["configmap.yaml"]["data"],
        "systemd": dict(value.split("=", 1) for value in unit_settings()["Environment"]),
    }[place] | REQUIRED
    config = Config.from_env(settings)
    # in a container every address is one of the network; on a machine of its own a proxy stands in front
    assert (config.app_env, config.host) == (
        "production",
        "127.0.0.1" if place == "systemd" else "0.0.0.0",  # noqa: S104
    )
    with pytest.raises(ConfigError, match="OPEN_WRITES=true"):
        config.require_api_keys()


def test_no_command_names_an_address_beside_host() -> None:
    commands = [*unit_settings()["ExecStart"], *of_image("CMD"), (ROOT / "Makefile").read_text("utf-8")]
    assert len(commands) >= 4
    assert [command for command in commands if re.search(r"--bind|\s-b\s", command)] == []


def test_network_policy_admits_only_what_it_names() -> None:
    policy = manifests()["networkpolicy.yaml"]["spec"]
    assert policy["policyTypes"] == ["Ingress", "Egress"]
    rules = [(rule, rule["from"]) for rule in policy["ingress"]]
    rules += [(rule, rule["to"]) for rule in policy["egress"]]
    for rule, peers in rules:
        assert rule["ports"]
        assert peers
        for peer in peers:  # an empty selector, or one of a whole namespace, names nobody
            assert all(peer[kind]["matchLabels"] for kind in peer)
            assert "podSelector" in peer
    named = [next(iter(peer["podSelector"]["matchLabels"].values())) for _, peers in rules for peer in peers]
    assert named == ["ingress-nginx", "prometheus", "kube-dns", "postgresql", "redis", "kafka"]


def test_compose_requires_secrets_from_the_environment() -> None:
    text = (ROOT / "compose.yaml").read_text("utf-8")
    for name in ("SECRET_KEY", "POSTGRES_PASSWORD"):
        used = re.findall(rf"\$\{{{name}[^}}]*\}}", text)
        assert used
        assert all(re.fullmatch(rf"\$\{{{name}:\?.+\}}", one) for one in used)
    assert settings_of("server")["SECRET_KEY"].startswith("${SECRET_KEY:?")


def test_compose_calls_the_database_and_redis_by_their_names() -> None:
    services = compose()["services"]
    assert "@database:5432/" in settings_of("server")["DATABASE_URL"]
    address = re.search(r"RATE_LIMIT_STORAGE=(\S+) ", (ROOT / "compose.yaml").read_text("utf-8"))
    assert address is not None
    storage = Config.from_env(REQUIRED | {"RATE_LIMIT_STORAGE": address[1]}).rate_limit_storage
    assert storage.startswith("redis://redis:6379")
    assert {"database", "redis"} <= set(services)
    assert services["database"]["networks"] == services["redis"]["networks"] == ["inside"]


def test_compose_calls_kafka_and_redis_by_their_names() -> None:
    services, text = compose()["services"], (ROOT / "compose.yaml").read_text("utf-8")
    addresses = dict(re.findall(r"\b(EVENT_LOG|RECENT_EVENTS)=(\S+)", text))
    config = Config.from_env(REQUIRED | {name: value.rstrip(",") for name, value in addresses.items()})
    config.require_topic()
    assert config.event_log.startswith("kafka://kafka:9092/")
    assert config.recent_events.startswith("redis://recent:6379")
    for name in ("consumer", "kafka", "recent"):
        assert (services[name]["profiles"], services[name]["networks"]) == (["streaming"], ["inside"])
    assert services["kafka"]["environment"]["KAFKA_ADVERTISED_LISTENERS"] == "PLAINTEXT://kafka:9092"
    assert services["recent"]["command"][-2:] == ["--maxmemory-policy", "noeviction"]


@pytest.mark.parametrize(
    "service", ["server", "build", "refresh", "consumer", "database", "redis", "kafka", "recent"]
)
def test_every_service_is_contained(service: str) -> None:
    found = compose()["services"][service]
    assert found["read_only"] is True
    assert found["cap_drop"] == ["ALL"]
    assert found["security_opt"] == ["no-new-privileges:true"]
    assert found["restart"] == ("no" if service in ("build", "refresh") else "unless-stopped")
    assert re.fullmatch(r"\d+[mg]", found["mem_limit"])


def test_the_database_keeps_its_data_where_its_image_puts_it() -> None:
    database = compose()["services"]["database"]
    # earlier ones: below …/data
    assert re.fullmatch(rf"postgres:(1[89]|[2-9]\d)-\w+{DIGEST}", database["image"])
    assert database["volumes"] == ["database:/var/lib/postgresql"]


def test_kubernetes_sets_what_the_server_reads() -> None:
    found = manifests()
    settings, secret = found["configmap.yaml"]["data"], found["secret.template.yaml"]["stringData"]
    assert set(settings) | set(secret) <= SETTINGS
    assert not set(settings) & set(secret)
    assert Config.from_env(settings | REQUIRED).rate_limit_enabled


def test_secret_template_has_no_values_and_is_not_applied() -> None:
    found = manifests()
    assert set(found["secret.template.yaml"]["stringData"].values()) == {""}
    applied = found.pop("kustomization.yaml")["resources"]
    assert set(applied) == set(found) - {"secret.template.yaml"}


def test_the_same_port_everywhere() -> None:
    port = Config.from_env(REQUIRED).port
    server = pods()["server"]
    assert image_settings()["PORT"] == of_image("EXPOSE")[0] == str(port)
    assert settings_of("server")["PORT"] == manifests()["configmap.yaml"]["data"]["PORT"] == str(port)
    assert compose()["services"]["server"]["ports"] == [f"127.0.0.1:{port}:{port}"]
    assert server["spec"]["containers"][0]["ports"][0]["containerPort"] == port
    assert server["metadata"]["annotations"]["prometheus.io/port"] == str(port)


def test_the_same_version_everywhere() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    (image,) = manifests()["kustomization.yaml"]["images"]
    assert manifests("streaming")["kustomization.yaml"]["images"] == [image]
    assert {compose()["services"][name]["image"] for name in OURS} == {f"anime-recommendations:{version}"}
    assert (image["name"], image["newTag"]) == ("anime-recommendations", version)


def test_a_server_has_512_mb_and_a_build_twice_that() -> None:
    services = compose()["services"]
    limits = [pod["spec"]["containers"][0]["resources"]["limits"]["memory"] for pod in pods().values()]
    assert limits == ["512Mi", "1Gi", "512Mi", "256Mi"]
    assert [services[name]["mem_limit"] for name in OURS] == ["512m", "1g", "512m", "256m"]
    assert sorted(unit_settings()["MemoryMax"]) == ["1G", "512M", "512M"]


@pytest.mark.parametrize(("name", "pod"), list(pods().items()), ids=list(pods()))
def test_every_pod_is_contained(name: str, pod: dict[str, Any]) -> None:
    spec = pod["spec"]
    (container,) = spec["containers"]
    assert spec["automountServiceAccountToken"] is False
    assert spec["securityContext"]["runAsNonRoot"] is True
    assert (
        f"{spec['securityContext']['runAsUser']}:{spec['securityContext']['runAsGroup']}"
        == of_image("USER")[0]
    )
    assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }


@pytest.mark.parametrize(("name", "pod"), list(pods().items()), ids=list(pods()))
def test_every_pod_has_its_settings_and_its_models(name: str, pod: dict[str, Any]) -> None:
    found = manifests()
    (container,) = pod["spec"]["containers"]
    sources = [(kind, of["name"]) for source in container["envFrom"] for kind, of in source.items()]
    assert sources == [
        ("configMapRef", found["configmap.yaml"]["metadata"]["name"]),
        ("secretRef", found["secret.template.yaml"]["metadata"]["name"]),
    ]
    mounts = {mount["mountPath"]: mount for mount in container["volumeMounts"]}
    if name in ("refresh", "consumer"):  # they change the database, or Redis, only
        assert set(mounts) == {"/tmp"}  # noqa: S108 - in the pod
        return
    assert set(mounts) == {found["configmap.yaml"]["data"]["MODEL_DIR"], "/tmp"}  # noqa: S108 - in the pod
    # who answers the world cannot change a model
    assert mounts["/data/models"].get("readOnly", False) is (name == "server")
    claims = [v["persistentVolumeClaim"] for v in pod["spec"]["volumes"] if "persistentVolumeClaim" in v]
    assert [claim["claimName"] for claim in claims] == [found["volume.yaml"]["metadata"]["name"]]


def test_everything_that_selects_pods_selects_the_servers() -> None:
    found = manifests()
    labels = pods()["server"]["metadata"]["labels"].items()
    selectors = [
        found["deployment.yaml"]["spec"]["selector"]["matchLabels"],
        found["service.yaml"]["spec"]["selector"],
        found["poddisruptionbudget.yaml"]["spec"]["selector"]["matchLabels"],
        found["networkpolicy.yaml"]["spec"]["podSelector"]["matchLabels"],
    ]
    assert all(selector.items() <= labels for selector in selectors)
    for job in ("build", "refresh", "consumer"):
        labels = pods()[job]["metadata"]["labels"].items()
        assert selectors[3].items() <= labels
        assert not selectors[1].items() <= labels


def test_only_the_refresh_reaches_the_internet_by_https() -> None:
    policy = manifests()["refreshpolicy.yaml"]["spec"]
    selected = policy["podSelector"]["matchLabels"].items()
    assert {name for name, pod in pods().items() if selected <= pod["metadata"]["labels"].items()} == {
        "refresh"
    }
    (rule,) = policy["egress"]
    assert rule["ports"] == [{"port": 443, "protocol": "TCP"}]
    for peer in rule["to"]:  # and nobody in the cluster's own network
        everybody = ip_network(peer["ipBlock"]["cidr"])
        private = {ip_network(block) for block in peer["ipBlock"]["except"]}
        assert everybody.prefixlen == 0
        assert private >= {ip_network("10.0.0.0/8"), ip_network("192.168.0.0/16")} or everybody.version == 6


def test_the_refresh_comes_before_the_build() -> None:
    schedules = [manifests()[name]["spec"]["schedule"].split() for name in ("refresh.yaml", "cronjob.yaml")]
    assert [schedule[:2] for schedule in schedules] == [["17", "2"], ["17", "3"]]
    timers = {path.stem: path.read_text("utf-8") for path in UNIT_FILES if path.suffix == ".timer"}
    assert "OnCalendar=*-*-* 02:17:00" in timers["anime-recommendations-refresh"]
    assert "OnCalendar=*-*-* 03:17:00" in timers["anime-recommendations-build"]


def test_the_probes_ask_what_each_is_for() -> None:
    (container,) = pods()["server"]["spec"]["containers"]
    paths = {
        kind: container[f"{kind}Probe"]["httpGet"]["path"] for kind in ("startup", "readiness", "liveness")
    }
    assert paths == {"startup": "/readyz", "readiness": "/healthz", "liveness": "/healthz"}


def test_every_command_runs_a_script_that_exists() -> None:
    commands = [compose()["services"][job]["command"] for job in ("build", "refresh", "consumer")]
    commands += [pods()[job]["spec"]["containers"][0]["command"] for job in ("build", "refresh", "consumer")]
    commands += [line.split()[0:2] for line in unit_settings()["ExecStart"] if "scripts/" in line]
    assert len(commands) == 8
    assert all((ROOT / command[1]).is_file() for command in commands)


def test_systemd_sets_what_the_server_reads() -> None:
    settings = [value.split("=")[0] for value in unit_settings()["Environment"]]
    assert settings
    assert set(settings) <= SETTINGS
