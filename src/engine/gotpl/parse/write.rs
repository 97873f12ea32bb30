//! Nodes as `text/template/parse/node.go` writes them in errors.

use super::ast::{Code, Command, Operand, OperandKind, Pipe, TemplateCall};
use crate::runtime::text::quote;

impl Code {
    /// A pipeline as Go writes it.
    pub fn write_pipe(&self, pipe: &Pipe, out: &mut String) {
        for (i, variable) in self.variables(pipe).iter().enumerate() {
            out.push_str(if i > 0 { ", " } else { "" });
            out.push_str(self.variable(variable));
        }
        if let Some(decl) = pipe.decl {
            out.push_str(if self.declarations[decl].assign { " = " } else { " := " });
        }
        for (i, command) in self.commands[pipe.cmds].iter().enumerate() {
            out.push_str(if i > 0 { " | " } else { "" });
            self.write_command(command, out);
        }
    }

    /// A command as Go writes it.
    pub fn write_command(&self, command: &Command, out: &mut String) {
        for (i, arg) in self.operands[command.args].iter().enumerate() {
            out.push_str(if i > 0 { " " } else { "" });
            self.write_grouped(arg, out);
        }
    }

    fn write_grouped(&self, operand: &Operand, out: &mut String) {
        let group = matches!(operand.kind, OperandKind::Pipe(_));
        out.push_str(if group { "(" } else { "" });
        self.write_operand(operand, out);
        out.push_str(if group { ")" } else { "" });
    }

    /// A word as Go writes it.
    pub fn write_operand(&self, operand: &Operand, out: &mut String) {
        match operand.kind {
            OperandKind::Pipe(pipe) => self.write_pipe(&self.pipes[pipe], out),
            OperandKind::Chain(term) => {
                self.write_grouped(&self.operands[term], out);
                out.push('.');
                out.push_str(self.path(operand));
            }
            _ => {
                let place = operand.start as usize..operand.end as usize;
                out.push_str(&String::from_utf8_lossy(self.text.get(place).unwrap_or_default()));
            }
        }
    }

    /// A call of a template as Go writes it.
    pub fn write_call(&self, call: &TemplateCall, out: &mut String) {
        out.push_str("{{template ");
        out.push_str(&quote(call.name.as_bytes()));
        if let Some(pipe) = call.pipe {
            out.push(' ');
            self.write_pipe(&self.pipes[pipe], out);
        }
        out.push_str("}}");
    }
}
