#!/usr/bin/env python3
"""Labels which version the lockfiles of six public repositories hold for what their manifests ask for.

Reads them with Python's json and tomllib and PyYAML, and yarn.lock by its blocks; shares no code with the detectors.
Names with several locked versions that the lockfile does not tell apart are left out.
Usage: make_locked_labels.py FOLDER > locked-labels.json, where FOLDER holds a clone of each as owner+name.
"""
import json
import re
import subprocess
import sys
import tomllib

import yaml

FOLDER = sys.argv[1]
COMMITS, LABELS = {}, []


def git(repo, *args):
    path = f"{FOLDER}/{repo.replace('/', '+')}"
    for place in (f"{path}/repo/.git", f"{path}/repo", f"{path}/.git", path):
        done = subprocess.run(["git", "--git-dir", place, *args], capture_output=True)
        if done.returncode == 0:
            return done.stdout.decode("utf-8", "replace")
    sys.exit(f"no clone of {repo} in {FOLDER}")


def show(repo, path):
    COMMITS.setdefault(repo, git(repo, "rev-parse", "HEAD").strip())
    return git(repo, "show", f"{COMMITS[repo]}:{path}")


def label(repo, component, ecosystem, name, version):
    row = [repo, component, ecosystem, name, version]
    if row not in LABELS:
        LABELS.append(row)


def plain(name):
    return re.sub(r"[-_.]+", "-", name.lower())


def named(requirement):
    return re.match(r"[\w.-]+", requirement).group(0)


def yarn(repo):
    locked = {}
    for block in show(repo, "yarn.lock").split("\n\n"):
        head = re.match(r'^"?([^\n]+?)"?:\n', block.strip("\n"))
        version = re.search(r'^  version:? "?([^"\n]+)', block, re.M)
        if head and version:
            for wish in re.split(r",\s*", head.group(1).replace('"', "")):
                locked[wish] = version.group(1)
    manifest = json.loads(show(repo, "package.json"))
    for section in ("dependencies", "devDependencies"):
        for name, wish in manifest[section].items():
            version = locked.get(f"{name}@{wish}") or locked.get(f"{name}@npm:{wish}")
            if version:
                label(repo, "", "npm", re.sub(r"^npm:(@?[^@]+).*", r"\1", wish) if wish.startswith("npm:") else name, version)


def npm(repo):
    for path in git(repo, "ls-tree", "-r", "--name-only", "HEAD").split("\n"):
        if not path.endswith("package-lock.json") or "/fixtures/" in path:
            continue
        packages = json.loads(show(repo, path)).get("packages", {})
        base = path.rpartition("/")[0]
        for folder, package in packages.items():
            if "node_modules" in folder:
                continue
            for section in ("dependencies", "devDependencies"):
                for name in package.get(section, {}):
                    at = folder
                    while (found := packages.get((at + "/" if at else "") + "node_modules/" + name)) is None and at:
                        at = at.rpartition("/")[0]
                    if found and "version" in found:
                        label(repo, "/".join(part for part in (base, folder) if part), "npm", name, found["version"])


def python(repo, lockfile):
    versions = {}
    for package in tomllib.loads(show(repo, lockfile))["package"]:
        versions.setdefault(package["name"], set()).add(package.get("version"))
    manifest = tomllib.loads(show(repo, "pyproject.toml"))
    project = manifest["project"]
    lists = [project["dependencies"], *project.get("optional-dependencies", {}).values(), *manifest.get("dependency-groups", {}).values()]
    names = [named(item) for items in lists for item in items if isinstance(item, str)]
    for group in manifest["tool"].get("poetry", {}).get("group", {}).values():
        names += group["dependencies"]
    for name in names:
        found = versions.get(plain(name), set())
        if len(found) == 1:
            label(repo, "", "pypi", plain(name), next(iter(found)))


def cargo(repo):
    packages = tomllib.loads(show(repo, "Cargo.lock"))["package"]
    own = {package["name"]: package for package in packages if "source" not in package}
    only = {package["name"]: package["version"] for package in packages}
    manifests = [path for path in git(repo, "ls-tree", "-r", "--name-only", "HEAD").split("\n") if re.fullmatch(r"(crates/\w+/)?Cargo\.toml", path)]
    for path in manifests:
        name = tomllib.loads(show(repo, path))["package"]["name"]
        for wish in own[name].get("dependencies", []):
            wanted, _, version = wish.partition(" ")
            if wanted not in own:
                label(repo, path.rpartition("/")[0], "cargo", wanted, version.split(" ")[0] or only[wanted])


def pnpm(repo, folders):
    for base in folders:
        for importer, sections in yaml.safe_load(show(repo, f"{base}/pnpm-lock.yaml"))["importers"].items():
            for section in ("dependencies", "devDependencies"):
                for name, wish in sections.get(section, {}).items():
                    version = re.sub(r"\(.*", "", wish["version"])
                    if version.startswith(("link:", "file:")):
                        continue
                    alias = re.match(r"^(@?[^@]+)@(\d.*)", version)
                    name, version = alias.groups() if alias else (name, version)
                    label(repo, base if importer == "." else f"{base}/{importer}", "npm", name, version)


yarn("outline/outline")
npm("microsoft/vscode-extension-samples")
python("pallets/flask", "uv.lock")
python("python-poetry/poetry", "poetry.lock")
cargo("BurntSushi/ripgrep")
pnpm("prometheus/prometheus", ["web/ui", "web/ui/react-app"])
rows = ",\n".join(json.dumps(row) for row in LABELS)
print(f'{{\n"repositories": {json.dumps(COMMITS)},\n"labels": [\n{rows}\n]\n}}')
