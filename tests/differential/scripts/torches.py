import torch
from torch.utils.data import DataLoader, TensorDataset


def main():
    # <task>
    torch.manual_seed(0)
    data = TensorDataset(torch.arange(12.0).reshape(6, 2), torch.arange(6))
    for workers in (0, 2):
        loader = DataLoader(data, batch_size=2, num_workers=workers)
        print([x.sum().item() for x, _ in loader])
    model = torch.nn.Linear(2, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for x, _ in DataLoader(data, batch_size=3):
        optimizer.zero_grad()
        model(x).mean().backward()
        optimizer.step()
    torch.save(model.state_dict(), "model.pt")
    print(torch.load("model.pt", weights_only=True), model, optimizer)
    print(torch.random.initial_seed(), torch.rand(2))
    try:
        torch.load("missing.pt")
    except FileNotFoundError as error:
        print(error)


if __name__ == "__main__":
    main()
