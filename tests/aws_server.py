"""The AWS services beside S3, on the same loopback server."""

import pytest

from tests.s3_server import variables_of


def use_aws(patch: pytest.MonkeyPatch, endpoint: str) -> None:
    """Let every client of boto3 that is made from now on ask the server at `endpoint`."""
    for name, value in {**variables_of(endpoint), "AWS_ENDPOINT_URL": endpoint}.items():
        patch.setenv(name, value)
