import click

# <task>


@click.group(chain=True)
@click.option("--verbose/--quiet", default=False, help="whether to talk")
@click.pass_context
def main(ctx, verbose):
    """Do what is asked."""
    click.echo(f"{verbose} {ctx.invoked_subcommand}")


@main.command()
@click.option("--rate", type=click.FloatRange(0, 1), default=0.1, show_default=True)
@click.argument("names", nargs=-1)
def fit(rate, names):
    """Fit."""
    click.secho(f"fit {rate} {names}", fg="green")
    if "raise" in names:
        raise click.ClickException("as asked")


@main.command()
def test():
    click.echo("test", err=True)


main()
