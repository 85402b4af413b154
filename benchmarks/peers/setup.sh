#!/bin/sh
# Makes one virtual environment per tool under ${1:-.venvs}. CPython 3.11.
set -e
V=${1:-.venvs}
PY=${PY:-python3.11}
mk() {
    name=$1; shift
    [ -x "$V/$name/bin/pip" ] || "$PY" -m venv "$V/$name"
    "$V/$name/bin/pip" install -q numpy==2.4.6 pillow==13.0.0 "$@"
}
mk clearml      clearml==2.1.12
mk wandb        wandb==0.31.0
mk mlflow       mlflow==3.17.2
mk aim          aim==3.29.1
mk trackio      trackio==0.43.0
mk tensorboardx tensorboardX==2.6.5 tensorboard==2.21.0
mk tbtorch      torch==2.13.0 tensorboard==2.21.0
mk swanlab      swanlab==0.10.3
mk dvclive      dvclive==3.49.1
mk rerun        rerun-sdk==0.41.0
mk goodseed     goodseed==0.4.0
mk pluto        pluto-ml==0.0.29
mk kymo         kymo==2026.10.24
mk stripchart   "$(ls "$(dirname "$0")"/../../dist/*.whl)"
