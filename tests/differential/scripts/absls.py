from absl import app, flags, logging

# <task>
flags.DEFINE_float("rate", 0.1, "how fast", lower_bound=0)
flags.DEFINE_list("names", [], "names")


def main(argv):
    print(argv, flags.FLAGS.rate, flags.FLAGS.names, flags.FLAGS["rate"].present)
    print(sorted(flags.FLAGS.flag_values_dict()) == sorted(flags.FLAGS))
    logging.set_verbosity(logging.FATAL)
    if flags.FLAGS.rate > 1:
        raise app.UsageError("too fast")


app.run(main)
