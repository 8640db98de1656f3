#!/usr/bin/env python3
"""Labels what five public repositories declare, without any of CommandCenter's code.

Values are read by Python's own json and tomllib (Python 3.11), lines are found by looking for the text that a
person would look for. Usage: make_labels.py FOLDER > labels.json, where FOLDER holds a clone of each
repository as owner+name. Only facts (names, versions, lines) are kept, none of their text.
"""
import json
import re
import subprocess
import sys
import tomllib

REPOSITORIES = {
    "fastify/fastify": "83e69762aff047940b376fc2a266d143499ef727",
    "pallets/flask": "2ac89889f4cc330eabd50f295dcef02828522c69",
    "gohugoio/hugo": "7b5199fdeff7d7682e9f979f468d55bc7b67b934",
    "BurntSushi/ripgrep": "3fce3b5bb0236da2df6d99672afb8a719642eca7",
    "outline/outline": "d77dcdf853868c5d5fe125c895c9b71f0eff5c68",
    "prometheus/prometheus": "d15adb9ad7e5d9fbde3a9a8f30200593a5a14d86",
}


def git(folder, repo, *args):
    path = f"{folder}/{repo.replace('/', '+')}"
    for candidate in (f"{path}/repo/.git", f"{path}/repo", f"{path}/.git", path):
        done = subprocess.run(["git", "--git-dir", candidate, *args], capture_output=True)
        if done.returncode == 0:
            return done.stdout.decode("utf-8", "replace")
    sys.exit(f"no clone of {repo} in {folder}")


def line_of(lines, pattern, after=0, before=None):
    for number in range(after, before if before is not None else len(lines)):
        if re.search(pattern, lines[number]):
            return number + 1
    return None


def npm(path, text):
    lines = text.split("\n")
    manifest = json.loads(text)
    for section, scope in (("dependencies", "runtime"), ("optionalDependencies", "runtime"), ("peerDependencies", "runtime"), ("devDependencies", "development")):
        start = line_of(lines, rf'^\s*"{section}"\s*:')
        for name, version in manifest.get(section, {}).items():
            yield "npm", name, version, scope, line_of(lines, rf'^\s*"{re.escape(name)}"\s*:', start or 0)


def requirement(text):
    match = re.match(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[[^\]]*\])?\s*([^;#]*)", text)
    version = match.group(2).strip()
    return match.group(1), version or None


def python_project(path, text):
    lines = text.split("\n")
    project = tomllib.loads(text)
    meta = project.get("project", {})

    def rows(items, scope, start):
        for item in items:
            if not isinstance(item, str):
                continue
            name, version = requirement(item)
            yield "pypi", name, version, scope, line_of(lines, rf"^\s*[\"']{re.escape(item)}[\"']|=\s*\[.*[\"']{re.escape(item)}[\"']", start)

    yield from rows(meta.get("dependencies", []), "runtime", line_of(lines, r"^dependencies\s*=") - 1 if meta.get("dependencies") else 0)
    for extra, items in meta.get("optional-dependencies", {}).items():
        scope = "development" if extra in ("test", "tests", "dev", "docs") else "runtime"
        yield from rows(items, scope, line_of(lines, rf"^{re.escape(extra)}\s*=") - 1)
    for group, items in project.get("dependency-groups", {}).items():
        table = line_of(lines, r"^\[dependency-groups\]")
        yield from rows(items, "development", line_of(lines, rf"^{re.escape(group)}\s*=", table) - 1)
    build = project.get("build-system", {}).get("requires", [])
    yield from rows(build, "development", (line_of(lines, r"^requires\s*=") or 1) - 1)


def requirements(path, text):
    scope = "development" if re.search(r"dev|test|lint|docs", path.rsplit("/", 1)[-1]) else "runtime"
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip() and not re.match(r"\s*(#|-)", line):
            name, version = requirement(line)
            yield "pypi", name, version, scope, number


def go_mod(path, text):
    block = False
    for number, line in enumerate(text.split("\n"), 1):
        bare = line.split("//")[0].strip()
        if bare.startswith("require ("):
            block = True
        elif bare == ")":
            block = False
        elif (block and bare) or bare.startswith("require "):
            name, version = bare.removeprefix("require ").split()
            if "// indirect" not in line:
                yield "go", name, version, "runtime", number


def cargo(path, text, workspace):
    lines = text.split("\n")
    manifest = tomllib.loads(text)
    tables = [((section,), scope) for section, scope in (("dependencies", "runtime"), ("dev-dependencies", "development"), ("build-dependencies", "development"))]
    for target, parts in manifest.get("target", {}).items():
        tables += [(("target", target, section), "runtime" if section == "dependencies" else "development") for section in parts]
    for keys, scope in tables:
        table = manifest
        for key in keys:
            table = table.get(key, {})
        for name, value in table.items():
            spec = value if isinstance(value, dict) else {"version": value}
            if spec.get("workspace"):
                inherited = workspace.get(name, {})
                spec = {**(inherited if isinstance(inherited, dict) else {"version": inherited}), **spec}
            if "path" in spec and not {"version", "git"} & spec.keys():
                continue  # the repository's own code
            package = spec.get("package", name)
            header = ".".join(re.escape(k) if i != 1 or len(keys) == 1 else r"['\"]?" + re.escape(k) + r"['\"]?" for i, k in enumerate(keys))
            own = line_of(lines, rf"^\[{header}\.{re.escape(name)}\]\s*$")
            if own is None:
                start = line_of(lines, rf"^\[{header}\]\s*$")
                own = line_of(lines, rf"^{re.escape(name)}\s*[=.]", start)
            yield "cargo", package, spec.get("version"), scope, own


def dockerfile(path, text):
    stages, arguments = set(), {}
    for number, line in enumerate(text.split("\n"), 1):
        if match := re.match(r"\s*ARG\s+(\w+)=(\S+)", line, re.I):
            arguments[match.group(1)] = match.group(2).strip("\"'")
        if match := re.match(r"\s*FROM\s+(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?", line, re.I):
            image = re.sub(r"\$\{?(\w+)\}?", lambda m: arguments.get(m.group(1), m.group(0)), match.group(1))
            if image.lower() not in stages and image != "scratch":
                name, _, tag = image.partition("@")[0].rpartition(":") if ":" in image.partition("@")[0].rsplit("/", 1)[-1] else (image.partition("@")[0], "", "")
                yield "docker", name, tag or None, "runtime", number
            if match.group(2):
                stages.add(match.group(2).lower())


def compose(path, text):
    for number, line in enumerate(text.split("\n"), 1):
        if match := re.match(r"\s+image:\s*[\"']?([^\s\"']+)", line):
            name, _, tag = match.group(1).rpartition(":") if ":" in match.group(1).rsplit("/", 1)[-1] else (match.group(1), "", "")
            yield "docker", name, tag or None, "runtime", number


def workflow(path, text):
    for number, line in enumerate(text.split("\n"), 1):
        if match := re.match(r"\s*(?:-\s+)?uses:\s*[\"']?([^\s\"'#]+)@([^\s\"'#]+)", line):
            if not match.group(1).startswith(("./", "docker://")):
                yield "github-actions", match.group(1), match.group(2), "development", number
        if match := re.match(r"\s*(?:-\s+)?(?:image:\s*|uses:\s*docker://)[\"']?([^\s\"'#]+):([\w.-]+)", line):
            yield "docker", match.group(1), match.group(2), "development", number


def readers(path, name):
    if name == "package.json":
        return npm
    if name == "pyproject.toml":
        return python_project
    if re.fullmatch(r"requirements.*\.txt", name):
        return requirements
    if name == "go.mod":
        return go_mod
    if re.match(r"Dockerfile", name):
        return dockerfile
    if re.fullmatch(r"(docker-)?compose.*\.ya?ml", name):
        return compose
    if re.match(r"\.github/workflows/.*\.ya?ml$", path):
        return workflow
    return None


def main():
    folder, labels = sys.argv[1], []
    for repo, commit in REPOSITORIES.items():
        paths = git(folder, repo, "ls-tree", "-r", "--name-only", commit).split("\n")
        root = next((p for p in paths if p == "Cargo.toml"), None)
        workspace = tomllib.loads(git(folder, repo, "show", f"{commit}:Cargo.toml")).get("workspace", {}).get("dependencies", {}) if root else {}
        for path in paths:
            name = path.rsplit("/", 1)[-1]
            if re.search(r"(^|/)(node_modules|vendor|testdata|fixtures|third_party)/", path):
                continue
            read = readers(path, name)
            if name != "Cargo.toml" and read is None:
                continue
            text = git(folder, repo, "show", f"{commit}:{path}")
            rows = cargo(path, text, workspace) if name == "Cargo.toml" else read(path, text)
            for ecosystem, package, version, scope, line in rows:
                labels.append({"repository": repo, "path": path, "line": line, "ecosystem": ecosystem, "name": package, "version": version, "scope": scope})
    print(json.dumps({"repositories": REPOSITORIES, "labels": labels}, indent=1))


main()
