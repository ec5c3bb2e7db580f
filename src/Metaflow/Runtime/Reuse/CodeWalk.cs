using System.Globalization;
using System.Reflection;
using System.Reflection.Metadata;
using System.Security.Cryptography;
using System.Text;

namespace Metaflow.Runtime.Reuse;

/// <summary>
/// Visits everything that a step's code can call in the user's assemblies, and writes it down so that the same source gives
/// the same text. Where it cannot see who is called, it takes in more: whole types, all implementations, or all assemblies.
/// </summary>
internal sealed partial class CodeWalk(CodeUniverse universe)
{
    private const string DefinitionClass = "MetaflowDefinition";
    private const string Registration = "RegisterMetaflow_";

    private readonly Queue<CodeMethod> _waiting = new();
    private readonly HashSet<CodeMethod> _methods = [];
    private readonly HashSet<CodeType> _types = [];
    private readonly HashSet<CodeType> _initialised = [];
    private readonly HashSet<CodeField> _fields = [];
    private readonly Dictionary<object, int> _numbers = [];
    private readonly Dictionary<CodeType, bool> _flows = [];
    private readonly SortedDictionary<string, string> _members = new(StringComparer.Ordinal);
    private readonly StringBuilder _all = new();
    private StringBuilder _text = new();
    private bool _readsAll;

    /// <summary>What was visited, by name, each with a hash of what it does.</summary>
    public IReadOnlyDictionary<string, string> Members => _members;

    /// <summary>Why all of the user's assemblies count; <see langword="null"/> if only what was visited does.</summary>
    public string? Widened { get; private set; }

    /// <summary>Why the step can never be taken over; <see langword="null"/> if it can.</summary>
    public string? Never { get; private set; }

    /// <summary>What the step reads that is outside of the program; <see langword="null"/> if nothing was seen.</summary>
    public string? Outside { get; private set; }

    /// <summary>Whether the step asks who started the run, for its tags, its namespace or the graph.</summary>
    public bool ReadsRunFacts { get; private set; }

    /// <summary>Whether the step asks for the seed of random numbers.</summary>
    public bool ReadsSeed { get; private set; }

    /// <summary>Whether the step asks for its place in a foreach.</summary>
    public bool ReadsPlace { get; private set; }

    /// <summary>The parameters that the step may read.</summary>
    public IReadOnlyList<string> Parameters { get; private set; } = [];

    /// <summary>The artifacts that the step may read, sorted; <see langword="null"/> for all.</summary>
    public IReadOnlyList<string>? Artifacts { get; private set; }

    /// <summary>Visits a step.</summary>
    /// <param name="flow">The flow's class.</param>
    /// <param name="step">The step's name.</param>
    /// <returns>The hash of the step's code; <see langword="null"/> if the flow has no such step.</returns>
    public string? Visit(CodeType flow, string step)
    {
        var types = Lineage(flow);
        var isThere = false;
        foreach (var type in types)
        {
            Initialise(type);
            foreach (var handle in type.Definition.GetMethods())
            {
                var method = new CodeMethod(type.Module, handle);
                if (method.Name == ".ctor" || method.Name == step)
                {
                    isThere |= method.Name == step;
                    _readsAll |= method.Name == step && Attributes(method.Module, method.Definition.GetCustomAttributes()).Any(MayReadAll);
                    Add(method);
                }
            }

            Meet(type);
            WriteAttributes(type.Module, type.Definition.GetCustomAttributes());
            Finish(universe.NameOf(type));
        }

        if (!isThere)
        {
            return null;
        }

        foreach (var module in universe.Modules)
        {
            if (module.EntryPoint is { } entry)
            {
                Add(new(module, entry));
            }

            Initialise(universe.Find(module.Name, "<Module>")!.Value);
        }

        while (_waiting.TryDequeue(out var method))
        {
            Write(method);
        }

        Parameters = [.. Properties(types, "Metaflow.ParameterAttribute").Where(IsRead)];
        Artifacts = _readsAll || Widened is not null ? null : [.. Properties(types, "Metaflow.ArtifactAttribute").Where(IsRead).Order(StringComparer.Ordinal)];
        if (Widened is not null)
        {
            _all.Append("all ").AppendJoin(' ', universe.Modules.Select(module => module.Content));
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(_all.ToString())));
    }

    /// <summary>A card shows all artifacts, and what a package's decorator does cannot be seen.</summary>
    private static bool MayReadAll((string Type, CodeType? Own, string Blob) attribute) =>
        attribute.Type == "Metaflow.CardAttribute"
        || (attribute.Own is null && !attribute.Type.StartsWith("Metaflow.", StringComparison.Ordinal) && !attribute.Type.StartsWith("System.", StringComparison.Ordinal));

    /// <summary>The flow's class and its base classes that are the user's.</summary>
    private List<CodeType> Lineage(CodeType flow)
    {
        var types = new List<CodeType> { flow };
        while (universe.Parents(types[^1]).FirstOrDefault(IsFlow) is { Module: not null } parent && !types.Contains(parent))
        {
            types.Add(parent);
        }

        return types;
    }

    /// <summary>The properties that carry an attribute, in declaration order.</summary>
    private IEnumerable<string> Properties(List<CodeType> types, string attribute) =>
        from type in types
        from handle in type.Definition.GetProperties()
        let property = type.Module.Reader.GetPropertyDefinition(handle)
        where Attributes(type.Module, property.GetCustomAttributes()).Any(found => found.Type == attribute)
        select type.Module.Reader.GetString(property.Name);

    private bool IsRead(string property) =>
        _readsAll || Widened is not null || _methods.Any(method => method.Name == "get_" + property && IsFlow(method.Type));

    private void Widen(string reason) => Widened ??= reason;

    private void Add(CodeMethod method)
    {
        if (universe.NameOf(method.Type) is var type
            && (type.EndsWith("+" + DefinitionClass, StringComparison.Ordinal) || type.Contains($"+{DefinitionClass}+", StringComparison.Ordinal)
                || method.Name.StartsWith(Registration, StringComparison.Ordinal)))
        {
            // What the generator writes repeats what the source says; it names every step.
            return;
        }

        if (_methods.Add(method))
        {
            Initialise(method.Type);
            _waiting.Enqueue(method);
        }
    }

    /// <summary>
    /// The static initialisers of a type run before its first use; where the language leaves that open, before the first
    /// use of a static field.
    /// </summary>
    private void Initialise(CodeType type, bool isField = false)
    {
        if (!isField && type.Definition.Attributes.HasFlag(TypeAttributes.BeforeFieldInit))
        {
            return;
        }

        if (_initialised.Add(type))
        {
            foreach (var method in universe.Methods(type, ".cctor", 0).Where(method => method.Type == type))
            {
                Add(method);
            }
        }
    }

    /// <summary>An object of the type may exist: whoever has it may call what the type overrides, and look at its members.</summary>
    private void Meet(CodeType type)
    {
        if (!_types.Add(type))
        {
            return;
        }

        Initialise(type);
        var isPlain = !CodeUniverse.IsGenerated(type) && !IsFlow(type);
        foreach (var related in universe.Parents(type).Concat(isPlain || type.Definition.Attributes.HasFlag(TypeAttributes.Abstract) ? universe.Children(type) : []))
        {
            Meet(related);
        }

        foreach (var handle in type.Definition.GetMethods())
        {
            var method = new CodeMethod(type.Module, handle);
            if ((isPlain || method.Definition.Attributes.HasFlag(MethodAttributes.Virtual)) && !IsStep(method))
            {
                Add(method);
            }
        }

        if (isPlain || universe.NameOf(type).StartsWith("<>f__AnonymousType", StringComparison.Ordinal))
        {
            WriteShape(type);
        }
    }

    private void Meet(CodeField field)
    {
        if (!_fields.Add(field) || !field.Definition.Attributes.HasFlag(FieldAttributes.Static))
        {
            return;
        }

        Initialise(field.Type, isField: true);
        if (IsGenerated(field.Name))
        {
            return;
        }

        var onlyWriters = IsImmutable(field);
        foreach (var (method, writes) in universe.Users(field))
        {
            if (writes || !onlyWriters)
            {
                Add(method);
            }
        }
    }

    private bool IsImmutable(CodeField field)
    {
        var text = field.Definition.DecodeSignature(Texts(field.Module, static _ => { }), null).Text;
        return Enum.TryParse<PrimitiveTypeCode>(text, out var primitive) && primitive != PrimitiveTypeCode.Object
            || text.StartsWith("System.Collections.Frozen.", StringComparison.Ordinal)
            || text.StartsWith("System.Collections.Immutable.Immutable", StringComparison.Ordinal)
            || text is "System.TimeSpan" or "System.DateTime" or "System.DateTimeOffset" or "System.Decimal" or "System.Guid"
                or "System.Text.RegularExpressions.Regex";
    }

    /// <summary>Whether the type derives from the base class of flows, through whatever classes.</summary>
    private bool IsFlow(CodeType type)
    {
        if (!_flows.TryGetValue(type, out var isFlow))
        {
            // A class cannot derive from itself, but damaged bytes may say so.
            _flows[type] = false;
            _flows[type] = isFlow = DerivesFromFlow(type);
        }

        return isFlow;
    }

    private bool DerivesFromFlow(CodeType type)
    {
        if (type.Definition.BaseType is not { IsNil: false } handle)
        {
            return false;
        }

        var parent = CodeUniverse.Resolve(Texts(type.Module, static _ => { }), type.Module, handle);
        return parent.FullName == "Metaflow.FlowSpec" || (parent.Type is { } own && IsFlow(own));
    }

    private bool IsStep(CodeMethod method) => IsFlow(method.Type) && Attributes(method.Module, method.Definition.GetCustomAttributes())
        .Any(attribute => attribute.Type == "Metaflow.StepAttribute");

    private static bool IsGenerated(string name) => name.Contains('<', StringComparison.Ordinal) && !name.EndsWith("k__BackingField", StringComparison.Ordinal);

    private TypeTexts Texts(CodeModule module, Action<CodeType> meets) => new(universe, module, NameOf, meets);

    /// <summary>Compilers number what they make; that number changes when something else is added, so ours is the order of appearance.</summary>
    private string Number(string kind, object key)
    {
        if (!_numbers.TryGetValue(key, out var number))
        {
            _numbers[key] = number = _numbers.Count;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{kind}#{number}");
    }

    private string NameOf(CodeType type) => CodeUniverse.IsGenerated(type) ? Number("type", type) : universe.NameOf(type);

    private string NameOf(CodeMethod method) =>
        $"{NameOf(method.Type)}::{(IsGenerated(method.Name) ? Number("method", method) : method.Name)}";

    private string NameOf(CodeField field) =>
        $"{NameOf(field.Type)}::{(IsGenerated(field.Name) ? Number("field", field) : field.Name)}";

    private void Finish(string name)
    {
        var text = _text.ToString();
        _all.Append(text);
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..16];
        _members[name] = _members.TryGetValue(name, out var other) ? other + hash : hash;
        _text = new();
    }
}
