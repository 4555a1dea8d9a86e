"""The parts of deploy/template.yaml said elsewhere: Athena's tables, and what the machine starts with.

Each stands between a line "# begin NAME" and a line "# end NAME", and is written anew by `make athena`.
"""

import re
import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from deploy.packaging.zips import PackageError
from report.athena_tables import AthenaTable, athena_tables
from report.columns import athena_type

_STORAGE = "s3://${Data}/"
_ZONE = "${Timezone}"
_OURS = re.compile(r"\$\{(?!Data\}|Timezone\})")
_INDENT = "  "
_START = """\
#!/bin/bash
# The log of what happens here is /var/log/cloud-init-output.log.
set -eu
export DEBIAN_FRONTEND=noninteractive
apt="apt-get -q -y -o DPkg::Lock::Timeout=600 -o Acquire::Retries=5"
$apt update
$apt install --no-install-recommends ca-certificates git python3-boto3
mkdir -p /usr/local/lib/twitter-trends
cat >/usr/local/lib/twitter-trends/from_stack.py <<'PYTHON'
{program}PYTHON
cat >/usr/local/sbin/twitter-trends-from-stack <<'SHELL'
#!/bin/sh
exec python3 /usr/local/lib/twitter-trends/from_stack.py ${{AWS::Region}} /${{AWS::StackName}} "$@"
SHELL
chmod 755 /usr/local/sbin/twitter-trends-from-stack
exec /usr/local/sbin/twitter-trends-from-stack
"""


def filled(template: str, root: Path) -> str:
    """Return the template with its written parts as the project at `root` has them; raise `PackageError`."""
    tables = {table_id(table): glue_table(table) for table in athena_tables(_STORAGE, _ZONE)}
    template = _replaced(template, "tables", _as_yaml(tables))
    program = (root / "deploy" / "stack" / "from_stack.py").read_text(encoding="utf-8")
    start = textwrap.indent(start_of_machine(program), _INDENT)
    return _replaced(template, "user data", f"Fn::Base64: !Sub |\n{start}")


def start_of_machine(program: str) -> str:
    """Return the user data that keeps `program` on the machine and starts it, as `Fn::Sub` takes it."""
    if "${" in program:
        raise PackageError("from_stack.py holds '${', which CloudFormation would take for its own")
    return _START.format(program=program)


def table_id(table: AthenaTable) -> str:
    """Return the name a table has within the template."""
    return "Table" + "".join(part.capitalize() for part in table.name.split("_"))


def glue_table(table: AthenaTable) -> dict[str, Any]:
    """Return a table as Glue's catalog wants it."""
    form = table.form
    serialization: dict[str, Any] = {"SerializationLibrary": form.reader}
    if form.reader_options:
        serialization["Parameters"] = dict(form.reader_options)
    described = {
        "Name": table.name,
        "TableType": "EXTERNAL_TABLE",
        "Parameters": {"EXTERNAL": "TRUE"} | {word: _sub(said) for word, said in table.properties.items()},
        "PartitionKeys": [{"Name": name, "Type": kind} for name, kind in table.partitions.items()],
        "StorageDescriptor": {
            "Location": _sub(table.location),
            "InputFormat": form.input_format,
            "OutputFormat": form.output_format,
            "SerdeInfo": serialization,
            "Columns": [{"Name": name, "Type": athena_type(kind)} for name, kind in table.columns.items()],
        },
    }
    place = {"CatalogId": {"Ref": "AWS::AccountId"}, "DatabaseName": {"Ref": "Tables"}}
    return {"Type": "AWS::Glue::Table", "Properties": {**place, "TableInput": described}}


def _sub(text: str) -> str | Mapping[str, str]:
    """Let CloudFormation fill in its own names, and leave Athena's, such as ${dt}, to Athena."""
    return {"Fn::Sub": _OURS.sub("${!", text)} if "${" in text else text


def _as_yaml(value: Mapping[str, Any]) -> str:
    text: str = yaml.safe_dump(value, sort_keys=False, width=10_000)
    return text


def _replaced(template: str, name: str, text: str) -> str:
    """Put `text` between the lines that begin and end the part, indented as the first of them is."""
    part = re.compile(rf"(?P<indent> *)# begin {name}\b.*\n(?P<body>(?:.*\n)*?) *# end {name}\n")
    found = part.search(template)
    if not found:
        raise PackageError(f"the template has no part between '# begin {name}' and '# end {name}'")
    body = textwrap.indent(text, found["indent"])
    return template[: found.start("body")] + body + template[found.end("body") :]
