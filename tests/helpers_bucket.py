"""A bucket to try things with: a server on loopback that speaks S3, in a process of its own, and keys of no worth."""

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import boto3

KEYS = {
    "AWS_ACCESS_KEY_ID": "CANARY-key",
    "AWS_SECRET_ACCESS_KEY": "CANARY/secret+one",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": "/nowhere",
    "AWS_SHARED_CREDENTIALS_FILE": "/nowhere",
}
_SERVE = """
import sys, time
from moto.server import ThreadedMotoServer
server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
server.start()
print(*server.get_host_and_port(), flush=True)
sys.stdin.read()
"""


@contextmanager
def serving() -> Iterator[str]:
    """The address of the server, while the block runs; it ends with whoever began it."""
    command = [sys.executable, "-W", "ignore", "-c", _SERVE]
    with subprocess.Popen(command, stdin=-1, stdout=-1, stderr=subprocess.DEVNULL, text=True) as server:
        host, port = (server.stdout.readline() if server.stdout else "").split()
        yield f"http://{host}:{port}"
        server.kill()


class Objects:
    """What lies in one bucket, seen and changed by another client than ours."""

    def __init__(self, address: str, bucket: str) -> None:
        self.bucket = bucket
        self._s3 = boto3.client(
            "s3", endpoint_url=address, aws_access_key_id="other", aws_secret_access_key="other",
            region_name="us-east-1",
        )  # fmt: skip
        self._s3.create_bucket(Bucket=bucket)

    def __getitem__(self, name: str) -> bytes:
        return self._s3.get_object(Bucket=self.bucket, Key=name)["Body"].read()

    def __setitem__(self, name: str, content: bytes) -> None:
        self._s3.put_object(Bucket=self.bucket, Key=name, Body=content)

    def __delitem__(self, name: str) -> None:
        self._s3.delete_object(Bucket=self.bucket, Key=name)

    def kind(self, name: str) -> str:
        """What a browser is told that it is."""
        return self._s3.head_object(Bucket=self.bucket, Key=name)["ContentType"]

    def names(self, below: str = "") -> list[str]:
        """The names of all objects below a folder, in order."""
        found = self._s3.list_objects_v2(Bucket=self.bucket, Prefix=below).get("Contents", [])
        return sorted(re.sub(f"^{below}", "", one["Key"]) for one in found)

    def keep_versions(self) -> None:
        """Let the bucket keep what is overwritten from now on."""
        self._s3.put_bucket_versioning(Bucket=self.bucket, VersioningConfiguration={"Status": "Enabled"})

    def versions(self, name: str) -> int:
        """How often an object was written."""
        return len(self._s3.list_object_versions(Bucket=self.bucket, Prefix=name).get("Versions", []))
