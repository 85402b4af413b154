import hydra
from omegaconf import OmegaConf

# <task>


@hydra.main(version_base=None, config_path="conf", config_name="config")
def main(cfg):
    print(OmegaConf.to_yaml(cfg, resolve=True), type(cfg), cfg.model.get("missing"))
    if cfg.rate > 1:
        raise ValueError("too fast")


main()
