#!/bin/sh
# Every tool in turn, alone on the machine: run_all.sh [VENVS] [RUN_PEER ARGS]; JSON lines on stdout.
V=${1:-.venvs}; [ $# -gt 0 ] && shift
cd "$(dirname "$0")"
for t in stripchart:stripchart list:goodseed csv:goodseed sqlite:goodseed clearml:clearml clearml_thread:clearml wandb:wandb mlflow_sqlite:mlflow \
         mlflow_file:mlflow aim:aim trackio:trackio tensorboardx:tensorboardx tbtorch:tbtorch swanlab:swanlab \
         dvclive:dvclive rerun:rerun goodseed:goodseed pluto:pluto kymo:kymo; do
    "$V/${t#*:}/bin/python" run_peer.py --tool "${t%:*}" "$@"
done
