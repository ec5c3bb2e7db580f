namespace Metaflow;

/// <summary>
/// Secrets in a file: a JSON object, lines <c>NAME=VALUE</c>, or with <c>file:NAME=PATH</c> the whole content. Of a directory,
/// each file is a secret of its name, as containers are given them.
/// </summary>
internal sealed class FileSecrets : ISecretsProvider
{
    private const int MaximumLength = 1 << 20;
    private const int MaximumFiles = 1000;

    public string Name => "file";

    public async ValueTask<IReadOnlyDictionary<string, string>> GetAsync(SecretsRequest request, CancellationToken cancellationToken)
    {
        var equals = request.Id.IndexOf('=', StringComparison.Ordinal);
        if (equals > 0 && SecretNames.IsName(request.Id[..equals]))
        {
            return new Dictionary<string, string>
            {
                [request.Id[..equals]] = SecretTexts.TrimEnd(await ReadAsync(request.Id[(equals + 1)..], cancellationToken).ConfigureAwait(false)),
            };
        }

        if (!Directory.Exists(request.Id))
        {
            var text = await ReadAsync(request.Id, cancellationToken).ConfigureAwait(false);
            return text.AsSpan().TrimStart().StartsWith('{') ? SecretTexts.ReadJson(text) : SecretTexts.ReadLines(text);
        }

        var secrets = new Dictionary<string, string>();

        // Kubernetes keeps hidden links beside the files.
        foreach (var path in Directory.EnumerateFiles(request.Id).Where(path => !Path.GetFileName(path).StartsWith('.')).Take(MaximumFiles))
        {
            secrets[Path.GetFileName(path)] = SecretTexts.TrimEnd(await ReadAsync(path, cancellationToken).ConfigureAwait(false));
        }

        return secrets;
    }

    private static async Task<string> ReadAsync(string path, CancellationToken cancellationToken)
    {
        if (!File.Exists(path))
        {
            throw new MetaflowException($"there is no file {Path.GetFullPath(path)}.");
        }

        using var reader = new StreamReader(path);
        var buffer = new char[MaximumLength + 1];
        var length = await reader.ReadBlockAsync(buffer, cancellationToken).ConfigureAwait(false);
        return length <= MaximumLength
            ? new(buffer, 0, length)
            : throw new MetaflowException($"{path} has more than {MaximumLength} characters.");
    }
}
