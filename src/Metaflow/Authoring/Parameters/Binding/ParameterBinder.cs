using Metaflow.Configuration;
using Metaflow.Definitions;
using Metaflow.Graph;

namespace Metaflow.Binding;

/// <summary>Fills the parameters of a flow object: what was given, else the computed default, else the initialiser.</summary>
/// <param name="definition">The flow.</param>
/// <param name="userName">Who starts the run, for computed defaults.</param>
/// <param name="programDirectories">Where a default file is looked for that is not in the working directory.</param>
internal sealed class ParameterBinder(FlowDefinition definition, string userName, IReadOnlyList<string>? programDirectories = null)
{
    /// <summary>Sets every parameter of <paramref name="flow"/>.</summary>
    /// <param name="flow">A new flow object.</param>
    /// <param name="find">What was given for a parameter; <see langword="null"/> if nothing.</param>
    /// <exception cref="UsageException">A value is missing or cannot be used.</exception>
    public void Bind(FlowSpec flow, Func<ParameterDefinition, RawValue?> find)
    {
        CheckNames();
        foreach (var parameter in definition.Parameters)
        {
            if (find(parameter) is { } raw)
            {
                parameter.Bind(flow, raw);
            }
            else if (parameter.HasComputedDefault)
            {
                ComputeDefault(flow, parameter);
            }
            else if (IsRequired(parameter))
            {
                throw new UsageException(
                    $"--{parameter.OptionName} is required: give it a value ({ValueBinding.TypeName(parameter.Type)}), "
                    + $"or set {OptionVariables.OfRun(parameter.OptionName)}.");
            }
            else
            {
                FindDefaultFile(flow, parameter);
            }

            if (parameter.File(flow) is { } file)
            {
                CheckFile(parameter, file);
            }
        }
    }

    /// <summary>Whether a value must be given.</summary>
    public static bool IsRequired(ParameterDefinition parameter) =>
        !parameter.HasComputedDefault && (parameter.IsRequired || parameter.Attribute.Required);

    /// <summary>A safety net: the analyzer reports the same in the editor.</summary>
    private void CheckNames()
    {
        var seen = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var parameter in definition.Parameters)
        {
            var option = Names.OptionKey(parameter.OptionName);
            if (Names.IsReservedOption(option))
            {
                throw new MetaflowException(
                    $"Parameter '{parameter.Name}' of flow '{definition.Name}' would be the option --{option}, which is reserved. Rename the property, or set [Parameter(Name = …)].");
            }

            if (!seen.TryAdd(option, parameter.Name))
            {
                throw new MetaflowException(
                    $"Parameters '{seen[option]}' and '{parameter.Name}' of flow '{definition.Name}' would both be the option --{option}. Rename one.");
            }
        }
    }

    private void ComputeDefault(FlowSpec flow, ParameterDefinition parameter)
    {
        try
        {
            parameter.BindComputedDefault(flow, new(definition.Name, parameter.Name, userName));
        }
        catch (Exception fault) when (fault is not MetaflowException and not OperationCanceledException)
        {
            throw new MetaflowException(
                $"The default of parameter '{parameter.Name}' could not be computed: {parameter.Attribute.DefaultFrom ?? "its method"} "
                + $"of flow '{definition.Name}' threw an exception. Mend it, or give --{parameter.OptionName}.\n{fault}",
                fault);
        }
    }

    /// <summary>A flow's own data lies beside it; a run may be started from anywhere.</summary>
    private void FindDefaultFile(FlowSpec flow, ParameterDefinition parameter)
    {
        if (parameter.File(flow) is not { DiskPath: { } path } file || Path.IsPathRooted(path) || File.Exists(path))
        {
            return;
        }

        if (programDirectories?.FirstOrDefault(directory => File.Exists(Path.Join(directory, path))) is { } found)
        {
            parameter.SetFile(flow, file.FoundIn(found));
        }
    }

    private static void CheckFile(ParameterDefinition parameter, IncludedFile file)
    {
        if (file.DiskPath is { } path && !File.Exists(path))
        {
            throw new UsageException(
                Directory.Exists(path)
                    ? $"--{parameter.OptionName}: '{file.Path}' is a directory, not a file."
                    : $"--{parameter.OptionName}: the file '{file.Path}' does not exist.");
        }
    }
}
