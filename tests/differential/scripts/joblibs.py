import joblib


def work(n):
    if n == 7:
        raise ValueError("seven")
    return n * n


if __name__ == "__main__":
    # <task>
    print(joblib.Parallel(n_jobs=2)(joblib.delayed(work)(n) for n in range(5)))
    print(joblib.Parallel(n_jobs=2, backend="threading")(joblib.delayed(work)(n) for n in range(5)))
    try:
        joblib.Parallel(n_jobs=2)(joblib.delayed(work)(n) for n in (1, 7))
    except ValueError as error:
        print("raised", error)
    print(joblib.dump({"a": [1, 2]}, "dumped.joblib"), joblib.load("dumped.joblib"))
